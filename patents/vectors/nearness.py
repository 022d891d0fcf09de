"""Reading vectors: which patents are nearest in meaning, and how near given ones are."""

from collections.abc import Collection

from django.db import connection

from patents.vectors.encoders import TextVector

_NEAREST = """
SELECT patent_id, -(embedding <#> %(vector)s::halfvec) FROM patents_patentvector
WHERE model = %(model)s ORDER BY embedding <#> %(vector)s::halfvec LIMIT %(count)s
"""
_CLOSENESS = """
SELECT patent_id, -(embedding <#> %(vector)s::halfvec) FROM patents_patentvector
WHERE model = %(model)s AND patent_id = ANY(%(ids)s)
"""


def nearest(vector: TextVector, count: int) -> dict[int, float]:
    """The about `count` nearest patents with their cosines; the index may miss some that are nearly as near."""
    with connection.cursor() as cursor:
        # How many the index looks at; it gives no more rows than that.
        cursor.execute("SELECT set_config('hnsw.ef_search', %s, false)", [str(count)])
        cursor.execute(_NEAREST, {"vector": _written(vector), "model": vector.model, "count": count})
        return dict(cursor.fetchall())


def closeness(vector: TextVector, patent_ids: Collection[int]) -> dict[int, float]:
    """The cosine of each patent that has a vector."""
    if not patent_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CLOSENESS, {"vector": _written(vector), "model": vector.model, "ids": list(patent_ids)})
        return dict(cursor.fetchall())


def _written(vector: TextVector) -> str:
    return f"[{','.join(map(str, vector.values.tolist()))}]"
