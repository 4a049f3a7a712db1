"""Which components a config needs."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.components import CATEGORIES
from schemas.needs import MAX_DEPTH, MAX_VALUES, Bounds, names, needs

EXPRESSIONS = [
    ("resnet", ["resnet"]),
    ("  resnet\n", ["resnet"]),
    ("resnet()", ["resnet"]),
    ("resnet(depth=18)", ["resnet"]),
    ("resnet (depth=18) ", ["resnet"]),
    ("resize(size=256) | normalize(mean=(0.5, 0.5))", ["resize", "normalize"]),
    ("accuracy, f1(average='macro')", ["accuracy", "f1"]),
    ("a|b,c | d", ["a", "b", "c", "d"]),
    ("a, a", ["a", "a"]),
    ("a(b(c, d), [e, {f: (g | h,)}]) | i", ["a", "i"]),
    ("a(sep=','), b(sep='|'), c(sep=')')", ["a", "b", "c"]),
    ("""a(b="it's, (") | c(d='"')""", ["a", "c"]),
    (r"a(b='don\'t, (') | c", ["a", "c"]),
    (r"a(b='\\') | c", ["a", "c"]),
    ("unet(\n  dim_mults=[1, 2, 4],\n  dropout=0.0\n)", ["unet"]),
    ("basic(split=train, size={{size}})", ["basic"]),
    ("F1, re_2, 모델", ["F1", "re_2", "모델"]),
]

NO_EXPRESSIONS = [
    ("", "a name is missing"),
    ("  ", "a name is missing"),
    ("a |", "a name is missing"),
    ("a || b", "a name is missing"),
    (", a", "a name is missing"),
    ("(a)", "a name is missing"),
    ("a(b", r"'\)' is missing"),
    ("a(b[)", r"'\)' closes another bracket"),
    ("a(b]", "']' closes another bracket"),
    ("a)", r"'\)' closes nothing"),
    ("a(b='c)", "a quote, ', is not closed"),
    (r"a(b='c\')", "a quote, ', is not closed"),
    ("a(b='\\", "a quote, ', is not closed"),
    ("data/screws", "'data/screws' is not a component's name"),
    ("a.b", "is not a component's name"),
    ("a b", "is not a component's name"),
    ("a(b) c", "is not a component's name"),
    ("a(b)(c)", "is not a component's name"),
    ("a[0]", "is not a component's name"),
    ("'a'", "is not a component's name"),
    ("2d", "is not a component's name"),
    ("_private", "is not a component's name"),
    ("{{backbone}}", "is not a component's name"),
    ("x\0y", r"'x\\x00y' is not a component's name"),
    ("\ud800", r"'\\ud800' is not a component's name"),
    ("None", "write null"),
]


@pytest.mark.parametrize(("text", "found"), EXPRESSIONS)
def test_an_expression_names_components(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(("text", "reason"), NO_EXPRESSIONS)
def test_what_is_no_expression_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        names(text)


def test_a_long_name_is_not_said_whole() -> None:
    with pytest.raises(ValueError, match="not a component's name") as refused:
        names("/" * 100_000)
    assert len(str(refused.value)) < 200


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True).filter(lambda name: name != "None")
BARE = st.text(st.sampled_from("ab_1= ,|.:\n"), max_size=6)
QUOTED = st.builds(
    lambda quote, inside: quote + inside.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote,
    st.sampled_from("'\""),
    st.text(st.sampled_from("ab,|()[]{}'\"\\ "), max_size=6),
)
ARGUMENTS = st.recursive(
    BARE | QUOTED,
    lambda inner: st.builds(
        lambda pair, parts: pair[0] + "".join(parts) + pair[1],
        st.sampled_from(["()", "[]", "{}"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=8,
)
SPACE = st.sampled_from(["", " ", "\n"])
COMPONENTS = st.tuples(NAMES, SPACE, st.just("") | ARGUMENTS.map(lambda arguments: f"({arguments})"), SPACE)


@given(st.lists(COMPONENTS, min_size=1, max_size=5), st.sampled_from([",", "|", " | ", ", "]))
def test_names_come_back_whatever_the_arguments(components: list[tuple[str, ...]], between: str) -> None:
    text = between.join("".join(component) for component in components)
    assert names(text) == [component[0] for component in components]


@given(st.text() | st.text(st.sampled_from("ab_1,|()[]{}'\"\\ ")))
def test_any_text_gives_names_or_a_reason(text: str) -> None:
    with suppress(ValueError):
        found = names(text)
        assert found
        assert all(name.isidentifier() and name in text for name in found)


SHAPES = [
    pytest.param({"model": "resnet"}, ["model/resnet.py"], id="one"),
    pytest.param(
        {"transform": "resize(size=256) | normalize"}, ["transform/resize.py", "transform/normalize.py"], id="pipeline"
    ),
    pytest.param({"model": ["a(x=1)", ["b, c"], ("d",)]}, [f"model/{name}.py" for name in "abcd"], id="lists"),
    pytest.param(
        {"transform": {"train": "resize | flip", "test": "resize"}},
        ["transform/resize.py", "transform/flip.py"],
        id="roles, each once",
    ),
    pytest.param({"model": {"a": {"b": ["resnet"]}}}, ["model/resnet.py"], id="roles in roles"),
    pytest.param({"loss": {"name": "name"}, "metric": "name"}, ["loss/name.py", "metric/name.py"], id="by category"),
    pytest.param({"model": "b, a", "agent": "c"}, ["model/b.py", "model/a.py", "agent/c.py"], id="in the given order"),
    *(
        pytest.param({"loss": value}, [], id=f"{value!r} names nothing")
        for value in (None, 0, 1.5, True, [], {}, [None, 3], {"batch_size": 16, "shuffle": False})
    ),
    *(
        pytest.param({"model": {key: "vit", "weights": "data/x.pt"}}, ["model/vit.py"], id=f"named by {key}")
        for key in ("name", "type", "_type", "_target_")
    ),
    pytest.param({"logger": {"type": "wandb", "name": "run 1"}}, ["logger/wandb.py"], id="type has the say over name"),
    pytest.param({"logger": {"_type": "csv", "type": "a b"}}, ["logger/csv.py"], id="_type has the say over type"),
    pytest.param({"logger": {"_target_": "csv", "_type": "a b"}}, ["logger/csv.py"], id="_target_ has the say"),
    pytest.param({"model": {"type": 5, "name": "vit"}}, ["model/vit.py"], id="a type that is no text names nothing"),
    pytest.param({"model": {"name": "vit", "parts": ["a b"]}}, ["model/vit.py"], id="arguments may be lists"),
    pytest.param({"model": {"name": "vit", "head": {"type": "a b"}}}, ["model/vit.py"], id="arguments may be mappings"),
    pytest.param(
        {"transform": ["resize", {"name": "flip", "share": "1 %"}]},
        ["transform/resize.py", "transform/flip.py"],
        id="named, in a list",
    ),
    pytest.param(
        {"agent": {"name": "distill", "model": {"teacher": "vit"}, "lr": "a b"}},
        ["agent/distill.py", "model/vit.py"],
        id="a category among arguments",
    ),
    pytest.param(
        {"agent": {"name": "distill", "stages": [{"deep": {"loss": "l1"}}]}},
        ["agent/distill.py", "loss/l1.py"],
        id="a category deep in arguments",
    ),
    pytest.param({"optimizer": {"model": "adam"}}, ["optimizer/adam.py"], id="a category's name may be a role"),
    pytest.param(
        {"checkpoint": {"model": {"_type": "best", "period": 1}, "image": {"_type": "periodic", "metric": "loss"}}},
        ["checkpoint/best.py", "checkpoint/periodic.py"],
        id="roles named like categories, each of them named",
    ),
    pytest.param({"scheduler": {"name": "plateau", "metric": "a b"}}, ["scheduler/plateau.py"], id="or an argument"),
    pytest.param({"checkpoint": {"every": 10, "best": True, "watched": "val_loss"}}, [], id="settings"),
    pytest.param(
        {"transform": {"size": 128, "mode": "fast", "train": "resize | flip", "test": "crop(1)"}},
        ["transform/resize.py", "transform/flip.py", "transform/crop.py"],
        id="expressions among settings",
    ),
    pytest.param({"transform": {"train": "resize", "test": None}}, ["transform/resize.py"], id="a role of nothing"),
    pytest.param({"transform": {"size": 1, "train": ["resize"]}}, ["transform/resize.py"], id="a list among settings"),
    pytest.param({"agent": {"student": "a", "teacher": "b"}}, ["agent/a.py", "agent/b.py"], id="agents by role"),
    pytest.param({"stage1": {"model": "resnet"}}, ["model/resnet.py"], id="at any depth"),
    pytest.param({"stages": [{"model": "a"}, {"model": "b"}]}, ["model/a.py", "model/b.py"], id="in lists"),
    pytest.param([{"model": "a"}, {"model": "b"}], ["model/a.py", "model/b.py"], id="documents"),
    pytest.param({"Model": "a", "models": "b", 1: "c", None: "d", "name": "e"}, [], id="other keys"),
    pytest.param({"path": "data/screws", "list": ["a b"]}, [], id="other values"),
    pytest.param(None, [], id="nothing"),
    pytest.param("model: resnet", [], id="text"),
]


@pytest.mark.parametrize(("data", "wires"), SHAPES)
def test_a_config_needs(data: object, wires: list[str]) -> None:
    assert [component.wire for component in needs(data)] == wires


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_counts(category: str) -> None:
    assert needs({category: "some_name"}) == [(category, "some_name")]


REFUSED = [
    ({"dataset": "data/screws"}, "dataset: 'data/screws' is not"),
    ({"dataset": ["a", ["b", "c/d"]]}, r"dataset\[1\]\[1\]: 'c/d' is not"),
    ({"transform": {"train": "a b"}}, "transform.train: 'a b' is not"),
    ({"model": {"name": "a b"}}, "model.name: 'a b' is not"),
    ({"agent": {"name": "a", "model": "b c"}}, "agent.model: 'b c' is not"),
    ([{}, {"x": {"model": ""}}], r"\[1\].x.model: a name is missing"),
    ({"model": "nul"}, "model: 'nul.py' is a reserved name"),
    ({"model": "a" * 300}, "model: a part of the path is longer than 255 bytes"),
    ({"model": {"a\n\ud800": "b c"}}, r"model.'a\\n\\ud800': 'b c' is not"),
]


@pytest.mark.parametrize(("data", "reason"), REFUSED)
def test_an_error_says_where(data: object, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}"):
        needs(data)


def test_a_long_key_is_not_said_whole() -> None:
    with pytest.raises(ValueError, match="is not") as refused:
        needs({"model": {"k" * 100_000: "a b"}})
    assert len(str(refused.value)) < 300


def test_what_refers_to_itself_ends() -> None:
    data: list[object] = []
    data.append({"again": data})
    with pytest.raises(ValueError, match="refers to itself"):
        needs(data)


def test_what_is_repeated_over_and_over_ends() -> None:
    data: list[object] = ["ha"]
    for _ in range(50):
        data = [data, data]
    with pytest.raises(ValueError, match=f"more than {MAX_VALUES} values"):
        needs(data)


def test_bounds_let_in_as_much_as_they_say() -> None:
    bounds = Bounds()
    for _ in range(MAX_VALUES):
        bounds.enter(MAX_DEPTH)
    with pytest.raises(ValueError, match="values"):
        bounds.enter(0)
    with pytest.raises(ValueError, match="levels"):
        Bounds().enter(MAX_DEPTH + 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | NAMES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["model", "loss", "name", "type", "train"]) | st.text(max_size=3), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_data_give_needs_or_a_reason(data: object) -> None:
    with suppress(ValueError):
        found = needs(data)
        assert len(found) == len(set(found))
        assert all(component == component.parse(component.wire) for component in found)
