"""Images in folders, one folder a class."""

from pathlib import Path


class Folder:
    def __init__(self, root, transform=None):
        self.root, self.transform = Path(root), transform
        self.classes = sorted(folder.name for folder in self.root.iterdir() if folder.is_dir())
        self.files = [(file, n) for n, name in enumerate(self.classes) for file in sorted((self.root / name).iterdir())]

    def __len__(self):
        return len(self.files)
