"""Addresses of the programme's own work: collection, patent products, navigation projects, work plan, evaluation."""

from django.urls import URLPattern, URLResolver, path

from stats.views import certificates, products

urlpatterns: list[URLPattern | URLResolver] = [
    path("products/", products.product_list, name="products"),
    path("products/new/", products.new, name="product_new"),
    path("products/<str:ref>/", products.product, name="product"),
    path("products/<str:ref>/edit/", products.edit, name="product_edit"),
    path("products/<str:ref>/patents/", products.add_patent, name="product_patent"),
    path("products/<str:ref>/patents/<int:patent_id>/drop/", products.drop_patent, name="product_drop_patent"),
    path("products/<str:ref>/documents/", products.add_document, name="product_document"),
    path(
        "products/<str:ref>/documents/<int:attachment_id>/drop/",
        products.drop_document,
        name="product_drop_document",
    ),
    path("products/<str:ref>/years/", products.year, name="product_year"),
    path("products/<str:ref>/submit/", products.submit, name="product_submit"),
    path("products/<str:ref>/withdraw/", products.withdraw, name="product_withdraw"),
    path("products/<str:ref>/intensive/", products.intensive, name="product_intensive"),
    path(
        "products/<str:ref>/intensive/<int:intensive_id>/withdraw/",
        products.withdraw_intensive,
        name="product_withdraw_intensive",
    ),
    path("certificates/", certificates.register, name="certificates"),
    path("certificates/<str:number>/", certificates.certificate, name="certificate"),
]
