"""Bring images to one size."""


class Resize:
    def __init__(self, size=224):
        self.size = size

    def __call__(self, image):
        return image.resize((self.size, self.size))
