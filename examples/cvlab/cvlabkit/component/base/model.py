"""The base of all models."""


class Model:
    """Maps a batch of images to scores."""

    def forward(self, images):
        raise NotImplementedError
