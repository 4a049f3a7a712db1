"""Keep a coreset of patch features of good parts; a part is as odd as its oddest patch."""


class PatchCore:
    def __init__(self, backbone, share=0.1, neighbours=9):
        self.backbone, self.share, self.neighbours = backbone, share, neighbours
        self.bank = []

    def remember(self, images):
        self.bank.extend(self.backbone.patches(images))

    def score(self, image):
        return max(self.distance(patch) for patch in self.backbone.patches([image]))
