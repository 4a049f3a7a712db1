"""How things are said in one line."""

from headrace.words import event_line, line, out, plain


def test_a_line_of_the_log_is_one_line_and_commands_no_terminal() -> None:
    shown = event_line(
        {
            "sequence": "1",
            "time": "",
            "type": "event.buried",
            "subject": "components/[red]/x",
            "data": {"error": "a\n\x1b[2Jb"},
        }
    )
    assert "\n" not in shown
    assert "\x1b" not in shown
    assert "\\[red]" in shown
    assert plain("[/]\x1b") == "\\[/]\\x1b"
    assert line(" a \n b ") == "a b"


def test_a_name_with_colons_is_no_picture() -> None:
    with out.capture() as said:
        out.print("vm:up:1")
    assert said.get() == "vm:up:1\n"
