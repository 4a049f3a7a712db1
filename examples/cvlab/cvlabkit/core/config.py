"""Read an experiment's config."""

from pathlib import Path

import yaml


def load(path):
    """The first document of a config."""
    return next(yaml.safe_load_all(Path(path).read_text()))
