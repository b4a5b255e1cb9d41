from dataclasses import asdict

import pytest

from dashboard.palette import DARK, LIGHT, Palette, colour_of, contrast, variables

BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def test_black_on_white_has_the_greatest_contrast():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_contrast_does_not_care_which_colour_is_the_ground():
    assert contrast("#12436D", "#FFFFFF") == contrast("#FFFFFF", "#12436D")


def test_contrast_agrees_with_a_ratio_worked_out_elsewhere():
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@BOTH
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        ("text", "ground"),
        ("text", "panel"),
        ("text", "concern_panel"),
        ("text", "better_panel"),
        ("text", "caution_panel"),
        ("secondary", "ground"),
        ("secondary", "panel"),
        ("accent", "ground"),
        ("concern_text", "concern_panel"),
        ("better_text", "better_panel"),
        ("caution", "caution_panel"),
        ("withheld", "withheld_panel"),
        ("withheld", "withheld_hatch"),
    ],
)
def test_words_can_be_read_on_their_ground(palette: Palette, words: str, ground: str):
    colours = asdict(palette)
    assert contrast(colours[words], colours[ground]) >= 7


@BOTH
@pytest.mark.parametrize("shape", ["concern", "better", "usual"])
@pytest.mark.parametrize("ground", ["ground", "band"])
def test_shapes_can_be_seen_on_their_ground(palette: Palette, shape: str, ground: str):
    colours = asdict(palette)
    assert contrast(colours[shape], colours[ground]) >= 3


@BOTH
def test_only_worse_and_better_have_a_colour_of_their_own(palette: Palette):
    assert colour_of("worse", palette) == palette.concern
    assert colour_of("better", palette) == palette.better
    assert {colour_of(s, palette) for s in ("usual", "higher", "lower", "")} == {palette.usual}


def test_every_colour_is_a_variable_of_the_style_sheet():
    written = variables(LIGHT)
    assert "--ca-concern-text:#8A3606;" in written
    assert written.count("--ca-") == len(asdict(LIGHT))
