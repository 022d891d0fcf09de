from patents.index.recent import _ENTRY_BYTES, Recent

ONE = 1000 + _ENTRY_BYTES


def test_what_was_put_is_found_and_nothing_else():
    recent = Recent(10 * ONE)
    recent.put(("a", 1), b"x", 1000)

    assert (recent.get(("a", 1)), recent.get(("a", 2))) == (b"x", None)


def test_what_is_used_stays_and_what_is_not_goes():
    recent = Recent(8 * ONE)

    for number in range(50):
        recent.put(number, number, 1000)
        recent.get(0)

    assert [recent.get(number) for number in (0, 1, 40, 48, 49)] == [0, None, None, 48, 49]


def test_a_value_above_the_limit_is_kept_alone():
    recent = Recent(2 * ONE)
    recent.put("small", 1, 1000)
    recent.put("large", 2, 10_000)
    recent.put("next", 3, 1000)

    assert [recent.get(key) for key in ("small", "large", "next")] == [None, 2, 3]
