"""The programme's own work in the world: products, work plan, collections, navigation, evaluation."""

from portal.attachments.models import Attachment
from tests.factories.products import applied_product, draft_product, recognised_product, submitted_product


def programme_rows(*, firm):
    """Make the rows of the firm; the keys that each of its addresses names."""
    draft = draft_product(firm, model_number="W-1")
    submitted_product(firm, model_number="W-2")
    certified = recognised_product(firm, model_number="W-3")
    applied = applied_product(firm, model_number="W-4")
    named, document = draft.patents.get(), Attachment.objects.of(draft).first()
    return {
        "stats/products/<str:ref>": draft.ref,
        "stats/products/<str:ref>/patents/<int:patent_id>": {"ref": draft.ref, "patent_id": named.pk},
        "stats/products/<str:ref>/documents/<int:attachment_id>": {"ref": draft.ref, "attachment_id": document.pk},
        "stats/products/<str:ref>/intensive/<int:intensive_id>": {
            "ref": applied.product.ref,
            "intensive_id": applied.pk,
        },
        "stats/certificates/<str:number>": certified.ref,
    }
