"""Patents for tests: real rows with right check digits."""

import factory
from django.db.models.expressions import RawSQL
from factory.django import DjangoModelFactory

from patents.models import Patent
from patents.numbers import check_digit
from patents.text import search_vector


class PatentFactory(DjangoModelFactory):
    class Meta:
        model = Patent
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"20171{n + 600000:07d}")
    check_digit = factory.LazyAttribute(lambda patent: check_digit(patent.number))
    kind = "invention"
    title = factory.Sequence(lambda n: f"一种轴承加工用夹具{n}")
    abstract = "本发明公开了一种夹具，包括底座和夹爪。"
    main_class = "B23Q3/06"
    applicant_names = "齐鲁试验大学"
    filed_on = "2017-07-21"
    legal_status = "valid"
    city_code = "370100"
    search_tokens = factory.LazyAttribute(
        lambda patent: RawSQL("%s::tsvector", [search_vector(patent.title, patent.abstract)])
    )
