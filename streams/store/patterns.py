"""Texts that people name loosely, as conditions of a query."""


def matches(column: str, pattern: str) -> tuple[str, str]:
    """A condition with `{}` for its parameter, and the parameter: equal, or like a pattern that holds `*`."""
    if "*" not in pattern:
        return f"{column} = {{}}", pattern
    return f"{column} like {{}}", escaped(pattern).replace("*", "%")


def escaped(text: str) -> str:
    """The text with nothing in it that `like` takes for more than itself."""
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
