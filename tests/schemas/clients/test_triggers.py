"""When a rule counts: how each client says it, and that nobody is ever told that it counts more often."""

import msgspec
import pytest

from schemas.clients.adapter import Client, Location
from schemas.clients.adapters import CLIENTS
from schemas.clients.rules import Folder
from schemas.clients.unified import Key, Rule

KEY = Key("rules", "style")
BODY = "# Style\n\nBe kind.\n"
ALWAYS = Rule(BODY)
FILES = Rule(BODY, "files", ("src/**/*.{ts,tsx}", "*.py"), "How we write")
MODEL = Rule(BODY, "model", (), "How we write")
MANUAL = Rule(BODY, "manual")
MEANINGS = {"always": ALWAYS, "files": FILES, "model": MODEL, "manual": MANUAL}

PATHS = '---\npaths:\n  - src/**/*.{ts,tsx}\n  - "*.py"\n---\n'
WINDSURF = {
    "always": "---\ntrigger: always_on\n---\n",
    "files": "---\ntrigger: glob\nglobs: src/**/*.{ts,tsx},*.py\ndescription: How we write\n---\n",
    "model": "---\ntrigger: model_decision\ndescription: How we write\n---\n",
    "manual": "---\ntrigger: manual\n---\n",
}
SPELLED: dict[str, dict[str, str]] = {
    "claude": {"always": "", "files": PATHS},
    "qwen": {"always": "", "files": PATHS},
    "cline": {"always": "", "files": PATHS.replace("---\np", "---\ndescription: How we write\np")},
    "roo": {"always": ""},
    "cursor": {
        "always": "---\nalwaysApply: true\n---\n",
        "files": "---\ndescription: How we write\nglobs: src/**/*.{ts,tsx},*.py\nalwaysApply: false\n---\n",
        "model": "---\ndescription: How we write\nalwaysApply: false\n---\n",
        "manual": "---\nalwaysApply: false\n---\n",
    },
    "vscode": {
        "always": '---\napplyTo: "**"\n---\n',
        "files": "---\ndescription: How we write\napplyTo: src/**/*.{ts,tsx},*.py\n---\n",
        "model": "---\ndescription: How we write\n---\n",
        "manual": "",
    },
    "windsurf": WINDSURF,
    "kiro": {
        "always": "---\ninclusion: always\n---\n",
        "files": PATHS.replace("---\npaths", "---\ninclusion: fileMatch\nfileMatchPattern").replace(
            '"*.py"\n', '"*.py"\ndescription: How we write\n'
        ),
        "model": "---\ninclusion: auto\nname: style\ndescription: How we write\n---\n",
        "manual": "---\ninclusion: manual\n---\n",
    },
    "continue": {
        "always": "---\nalwaysApply: true\n---\n",
        "files": PATHS.replace("---\npaths", "---\ndescription: How we write\nglobs"),
        "model": "---\ndescription: How we write\nalwaysApply: false\n---\n",
    },
}
"""The front matter of each meaning; what is not there a client cannot say."""

FOLDERS = [
    pytest.param(client, section, id=f"{client.name}-{section.scope}")
    for client in CLIENTS
    for section in client.sections
    if isinstance(section, Folder)
]


def only(client: str) -> Folder:
    """The folder of a client in a project."""
    (found,) = [
        section
        for one in CLIENTS
        if one.name == client
        for section in one.sections
        if isinstance(section, Folder) and section.scope == "project"
    ]
    return found


def location(folder: Folder, name: str = "style") -> Location:
    """Where a rule is made."""
    return Location(folder.scope, f"{folder.paths[0]}/{name}{folder.suffix}")


@pytest.mark.parametrize(("client", "folder"), FOLDERS)
@pytest.mark.parametrize("meaning", MEANINGS)
def test_what_is_written_for_each_meaning(client: Client, folder: Folder, meaning: str) -> None:
    rule = MEANINGS[meaning]
    written = folder.write({}, {KEY: rule})
    spelled = SPELLED[client.name].get(meaning)
    if spelled is None:
        assert written.files == {}
        assert [loss.field for loss in written.losses] == ["*"]
        return
    assert written.files == {location(folder): (spelled + BODY).encode()}
    lost = {loss.field for loss in written.losses}
    assert lost == ({"description"} if rule.description and "description" not in spelled else set())
    back = folder.read({location(folder): (spelled + BODY).encode()}).elements[KEY]
    assert back == (msgspec.structs.replace(rule, description=None) if lost else rule)


@pytest.mark.parametrize(("one", "meaning"), [(one, meaning) for one in SPELLED for meaning in SPELLED[one]])
@pytest.mark.parametrize("other", SPELLED)
def test_from_every_client_to_every_other(one: str, other: str, meaning: str) -> None:
    raw = (SPELLED[one][meaning] + BODY).encode()
    said = only(one).read({location(only(one)): raw}).elements
    assert {rule.trigger for rule in said.values() if isinstance(rule, Rule)} == {meaning}
    made = {at: raw for at, raw in only(other).write({}, said).files.items() if raw is not None}
    back = only(other).read(made).elements
    if meaning not in SPELLED[other]:
        assert back == {}
        return
    for rule in (said[KEY], back[KEY]):
        assert isinstance(rule, Rule)
        assert (rule.body, rule.trigger, rule.globs) == (BODY, meaning, MEANINGS[meaning].globs)


@pytest.mark.parametrize("client", SPELLED)
@pytest.mark.parametrize(("before", "after"), [(one, other) for one in MEANINGS for other in MEANINGS if one != other])
def test_a_rule_never_counts_more_often_than_it_shall(client: str, before: str, after: str) -> None:
    folder, can_say = only(client), SPELLED[client]
    file = location(folder)
    files = {file: (can_say.get(before, can_say["always"]) + BODY).encode()}
    written = folder.write(files, {KEY: MEANINGS[after]})
    left = {**files, **written.files}[file]
    if after in can_say:
        assert left is not None
        back = folder.read({file: left}).elements[KEY]
        assert isinstance(back, Rule)
        assert back.trigger == after
    elif before in {"files", "model"} & can_say.keys() and after in {"files", "model"}:
        assert left == files[file]
    else:
        assert left is None


READ = [
    ("cursor", "globs: *.py", Rule("", "files", ("*.py",))),
    ("cursor", "globs: a,b", Rule("", "files", ("a", "b"))),
    ("cursor", "globs: src/*.{a,b}, c", Rule("", "files", ("src/*.{a,b}", "c"))),
    ("cursor", 'globs: ["a", b]', Rule("", "files", ("a", "b"))),
    ("cursor", "globs:\n  - a\n  - b", Rule("", "files", ("a", "b"))),
    ("cursor", "description:\nglobs:\nalwaysApply:", Rule("", "manual")),
    ("cursor", "description:\nglobs: *.py\nalwaysApply: true", Rule("")),
    ("cursor", "description: it\nglobs:\nalwaysApply: false", Rule("", "model", (), "it")),
    ("cursor", "theirs: 1", Rule("", "manual")),
    ("claude", "paths: a, b", Rule("", "files", ("a", "b"))),
    ("claude", "description: it", Rule("")),
    ("cline", "description: it\nalwaysApply: false", Rule("", "always", (), "it")),
    ("vscode", 'applyTo: "**/*"', Rule("")),
    ("vscode", 'applyTo: "**,a"', Rule("", "files", ("**", "a"))),
    ("vscode", "applyTo:", Rule("", "manual")),
    ("kiro", "name: x", Rule("")),
    ("kiro", "inclusion: fileMatch\nfileMatchPattern: '*.tf'", Rule("", "files", ("*.tf",))),
    ("kiro", "inclusion: auto", Rule("", "model")),
    ("continue", "name: x\ndescription: it", Rule("", "always", (), "it")),
    ("continue", "description: it\nalwaysApply: false", Rule("", "model", (), "it")),
    ("continue", "globs: a\nalwaysApply: false\ndescription: it", Rule("", "files", ("a",), "it")),
]


@pytest.mark.parametrize(("client", "fields", "rule"), READ)
def test_what_people_write(client: str, fields: str, rule: Rule) -> None:
    file = location(only(client))
    assert only(client).read({file: f"---\n{fields}\n---\n".encode()}).elements == {KEY: rule}


HELD = [
    ("claude", "paths:", 2, "names no files"),
    ("claude", "theirs: 1\npaths: []", 3, "names no files"),
    ("claude", "paths: true", 2, "holds no globs"),
    ("claude", "theirs: 1\n{paths: [a]}", 3, "is no field"),
    ("claude", "  paths: [a]", 2, "is no field"),
    ("cursor", "alwaysApply: maybe", 1, "neither true nor false"),
    ("cursor", "globs: a\ndescription: [b]", 2, "description is not text"),
    ("windsurf", "description: it", 1, "none of always_on, glob"),
    ("windsurf", "trigger: sometimes", 2, "none of always_on, glob"),
    ("windsurf", "trigger: glob\nglobs:", 2, "names no files"),
    ("kiro", "inclusion: sometimes", 2, "none of always, fileMatch"),
    ("kiro", "inclusion: fileMatch", 2, "names no files"),
    ("continue", "regex: ^import", 1, "by regex"),
    ("continue", "alwaysApply: false", 1, "nothing says when"),
]


@pytest.mark.parametrize(("client", "fields", "line", "why"), HELD)
def test_what_is_not_understood_is_held(client: str, fields: str, line: int, why: str) -> None:
    folder = only(client)
    files = {location(folder): f"---\n{fields}\n---\n{BODY}".encode()}
    config = folder.read(files)
    assert config.elements == {}
    problem = config.held[KEY]
    assert why in problem.why
    assert problem.place.location == location(folder)
    assert problem.place.position.line == line
    assert location(folder).path in problem.remedy
    for wanted in (ALWAYS, None):
        assert folder.write(files, {KEY: wanted}).files == {}


WRITTEN = [
    pytest.param(
        "cursor",
        "description: it  # why\nglobs: a,b\ntheirs: 1\nalwaysApply: false",
        Rule("", "files", ("a", "b", "*.c"), "it"),
        "description: it  # why\nglobs: a,b,*.c\ntheirs: 1\nalwaysApply: false",
        id="one more glob",
    ),
    pytest.param(
        "cursor",
        "description:\nglobs: a,  b\nalwaysApply: false",
        Rule("", "files", ("a", "b"), "it"),
        "description: it\nglobs: a,  b\nalwaysApply: false",
        id="a description, and the globs stay as they are spelled",
    ),
    pytest.param(
        "cursor",
        "description:\nglobs: a\nalwaysApply: true",
        Rule("", "manual"),
        "description:\nalwaysApply: false",
        id="globs that did not count do not come to count",
    ),
    pytest.param(
        "cursor", "theirs: 1", Rule("", "manual", (), None), "theirs: 1", id="what says so already is not touched"
    ),
    pytest.param(
        "continue",
        "name: x\nglobs: [a]\nalwaysApply: false",
        Rule("", "always"),
        "name: x\nalwaysApply: true",
        id="from some files to always",
    ),
    pytest.param(
        "continue",
        "name: x\ndescription: it\nalwaysApply: false",
        Rule("", "files", ("a",), "it"),
        "name: x\ndescription: it\nglobs: a",
        id="the model does not decide any more",
    ),
    pytest.param(
        "claude",
        "description: theirs\npaths:\n- a  # why\n- b",
        Rule("", "files", ("a", "c")),
        "description: theirs\npaths:\n- a  # why\n- c",
        id="a description that Claude does not know is not ours",
    ),
    pytest.param(
        "kiro",
        "name: theirs\ninclusion: manual",
        Rule("", "model", (), "it"),
        "name: theirs\ninclusion: auto\ndescription: it",
        id="a name of its own",
    ),
    pytest.param(
        "kiro",
        "inclusion: fileMatch\nfileMatchPattern: a",
        Rule("", "files", ("a", "b")),
        "inclusion: fileMatch\nfileMatchPattern:\n  - a\n  - b",
        id="one text has one pattern",
    ),
    pytest.param(
        "windsurf",
        "trigger: model_decision\ndescription: it",
        Rule("", "files", ("*.a", "b"), "it"),
        "trigger: glob\ndescription: it\nglobs: *.a,b",
        id="no quotes for Windsurf",
    ),
    pytest.param(
        "cursor",
        'globs: ["a", b]\nalwaysApply: false',
        Rule("", "files", ("a", "c,d")),
        'globs: ["a", "c,d"]\nalwaysApply: false',
        id="a list stays a list",
    ),
    pytest.param("vscode", "applyTo: a\nname: x", Rule("", "manual"), "name: x", id="by hand"),
]


@pytest.mark.parametrize(("client", "before", "rule", "after"), WRITTEN)
def test_only_what_changes_is_written(client: str, before: str, rule: Rule, after: str) -> None:
    folder = only(client)
    files = {location(folder): f"---\n{before}\n---\n".encode()}
    written = folder.write(files, {KEY: rule})
    made = {**files, **written.files}
    assert made == {location(folder): f"---\n{after}\n---\n".encode()}
    assert written.losses == ()
    assert folder.read({location(folder): f"---\n{after}\n---\n".encode()}).elements == {KEY: rule}


@pytest.mark.parametrize(
    ("client", "rule", "why"),
    [
        ("claude", MODEL, "no rules that count when the model decides so"),
        ("claude", MANUAL, "when a person asks"),
        ("continue", MANUAL, "when a person asks"),
        ("roo", FILES, "with some files only"),
        ("cursor", Rule("x", "model"), "without a description"),
        ("vscode", Rule("x", "model"), "without a description"),
        ("cursor", Rule("x", "files", ("a,b",)), "where one glob ends"),
        ("kiro", Rule("x", "files", ("a,b",)), "where one glob ends"),
        ("vscode", Rule("x", "files", ("**",)), "always count"),
        ("claude", Rule("x", "files"), "names none"),
        ("cursor", Rule("x", "files", ("",)), "where one glob ends"),
        ("claude", Rule("x", "files", ("", "a")), "its globs would be read"),
        ("claude", Rule("---\npaths: a\n---\n"), "its body would be read"),
        ("claude", Rule("---\nrest"), "does not end"),
        ("claude", Rule("\ufeffx"), "its body would be read"),
        ("claude", Rule(" \n"), "no text"),
        ("claude", Rule("\ud800"), "surrogates"),
        ("cursor", Rule("x", "model", (), "\ud800"), "surrogate"),
    ],
)
def test_what_would_mean_something_else_is_not_written(client: str, rule: Rule, why: str) -> None:
    written = only(client).write({}, {KEY: rule})
    assert written.files == {}
    (loss,) = written.losses
    assert loss.field == "*"
    assert why in loss.why


@pytest.mark.parametrize("client", ["cursor", "vscode"])
def test_a_description_would_have_the_model_decide(client: str) -> None:
    written = only(client).write({}, {KEY: Rule(BODY, "manual", (), "How we write")})
    assert [loss.field for loss in written.losses] == ["description"]
    (raw,) = written.files.values()
    assert raw is not None
    assert b"description" not in raw
