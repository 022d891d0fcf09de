"""The table of sentence vectors."""

import pgtrigger
from django.db import models
from pgvector.django import HalfVectorField, HnswIndex

from patents.vectors.encoders import DIMENSIONS


class PatentVector(models.Model):
    """The vector of a patent's present title and abstract; a patent without row waits for its vector."""

    patent = models.OneToOneField("patents.Patent", on_delete=models.CASCADE, primary_key=True, related_name="vector")
    model = models.CharField(max_length=80)
    # Sixteen bits a number: half the room, and no figure of the evaluation changes.
    embedding = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        indexes = [
            HnswIndex(
                fields=["embedding"],
                name="patent_vector_nearest",
                opclasses=["halfvec_ip_ops"],
                m=16,
                ef_construction=64,
            ),
        ]

    def __str__(self) -> str:
        return f"vector of patent {self.patent_id}"


VECTOR_TRIGGERS = [
    pgtrigger.Trigger(
        name="vector_stale",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),  # type: ignore[no-untyped-call]
        func="DELETE FROM patents_patentvector WHERE patent_id IN (SELECT id FROM new_rows JOIN old_rows USING (id)"
        " WHERE (new_rows.title, new_rows.abstract) IS DISTINCT FROM (old_rows.title, old_rows.abstract)); RETURN NULL;",
    )
]
"""A changed text loses its vector, whoever changed it."""
