"""How fields of forms look."""

import pytest
from django import forms


@pytest.mark.parametrize("field", [forms.FileField(), forms.FileField(widget=forms.FileInput), forms.CharField()])
def test_a_field_has_the_look_of_the_design_system(field):
    form = type("AForm", (forms.Form,), {"given": field})()

    assert 'class="form-control"' in str(form["given"])
