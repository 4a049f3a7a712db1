"""The page in a real browser, against the real gateway on the real servers."""
