"""A residual network with a chosen depth."""

DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3)}


class ResNet:
    def __init__(self, depth=18, classes=10, width=64):
        self.stages = [(width * 2**i, blocks) for i, blocks in enumerate(DEPTHS[depth])]
        self.classes = classes

    def forward(self, images):
        features = images
        for channels, blocks in self.stages:
            features = self.stage(features, channels, blocks)
        return self.head(features)
