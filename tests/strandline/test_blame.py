"""`strandline blame`, and the diff of links and of whole pages, in a home with three real runs."""

from tests.strandline.conftest import Gazette


def test_each_sentence_has_its_version(gazette: Gazette) -> None:
    rows = gazette.json("blame", gazette.page("breakwater"))
    assert [row["version"] for row in rows[:4]] == [1, 1, 2, 1]
    assert rows[2]["sentence"].startswith("By seven votes to two the council agreed in principle")
    assert rows[2]["since"].endswith("Z")
    (gone,) = gazette.json("blame", gazette.page("breakwater"), "--removed")
    assert (gone["version"], gone["removed"]) == (1, 2)
    assert "council decided" in gone["sentence"]
    assert "agreed in principle" in gazette.run("blame", gazette.page("breakwater"))


def test_links_that_came_and_went(gazette: Gazette) -> None:
    (row,) = gazette.json("diff", gazette.page(""), "1", "3", "--links")
    steps = {(step["op"], step["link"].split("/")[-2]) for step in row["links"]}
    assert {("insert", "seal"), ("delete", "oil"), ("insert", "ferry")} <= steps
    assert (row["from_version"], row["to_version"]) == (1, 3)
    assert f"+ {gazette.page('seal')}  A seal" in gazette.run("diff", gazette.page(""), "1", "3", "--links")
    gazette.run("diff", gazette.page(""), "--links", "--page", code=2)
    gazette.run("diff", gazette.page(""), "--links", "--format", "html", code=2)


def test_the_whole_page_is_compared_menus_and_all(gazette: Gazette) -> None:
    (body,) = gazette.json("diff", gazette.page("letter"), "1", "2")
    (page,) = gazette.json("diff", gazette.page("letter"), "1", "2", "--page")
    assert body["removed"] == 21
    assert page["removed"] >= 21 and len(page["blocks"]) > len(body["blocks"])
    assert page["kinds"] == page["metadata"] == []


def test_a_named_day_is_a_baseline(gazette: Gazette) -> None:
    settings = gazette.home / "strandline.toml"
    before = settings.read_text()
    named = '[baselines]\n"before the election" = 2999-01-01\n"the flood" = 1999-01-01\n'
    settings.write_text(before.replace("[baselines]\n", named))
    try:
        (row,) = gazette.json("diff", gazette.page("letter"), "--since", "before the election")
        assert (row["from_version"], row["to_version"], row["added"]) == (2, 2, 0)
        gazette.run("diff", gazette.page("letter"), "--since", "the flood", code=2)
        gazette.run("diff", gazette.page("letter"), "--since", "an unknown one", code=2)
        gazette.run("diff", gazette.page("letter"), "1", "--since", "today", code=2)
    finally:
        settings.write_text(before)
