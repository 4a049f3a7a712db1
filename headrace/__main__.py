"""`python -m headrace` is `headrace`: for who knows the interpreter and not the path."""

from headrace.cli import main

main()
