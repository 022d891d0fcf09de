"""Forms of training: of who keeps a base, of who signs people up, of who checks a certificate."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from events.enums.training import QuestionKind, TrainingAudience, TrainingField
from events.models import Course, Teacher, TrainingBase, TrainingSession
from events.services.training.bases import BaseFacts, check_base
from events.services.training.courses import CourseFacts, QuestionFacts, TeacherFacts
from events.services.training.sessions import Participant, SessionFacts
from portal.errors import ServiceError

_SEPARATORS = re.compile(r"[\s,，、;；]+")
MOST_PARTS = 3


class MomentInput(forms.DateTimeInput):
    """A day and time as browsers ask for them."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A day and time, of Shanghai."""

    widget = MomentInput
    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class BaseForm(forms.ModelForm):
    """An entry of the register in the admin; the service writes it."""

    class Meta:
        model = TrainingBase
        fields = ("name", "organisation", "city_code", "field", "summary", "document_number", "recognised_on")

    def facts(self) -> BaseFacts:
        """What the service takes."""
        return BaseFacts(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """Tell what the service would refuse at its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_base(self.facts(), self.instance.pk)
            except ServiceError as refusal:
                self.add_error(refusal.field, refusal.message)
        return cleaned


class TeacherForm(forms.Form):
    """Who teaches."""

    name = forms.CharField(label="姓名", max_length=50)
    title = forms.CharField(label="职务、职称", max_length=100)
    organisation_name = forms.CharField(label="单位", max_length=200)
    field = forms.ChoiceField(label="专长", choices=TrainingField.choices)
    is_active = forms.BooleanField(label="在聘", required=False, initial=True)

    @classmethod
    def initial_of(cls, teacher: Teacher) -> dict[str, Any]:
        """What the form shows of a teacher that stands."""
        return {name: getattr(teacher, name) for name in TeacherFacts.__slots__}

    def facts(self) -> TeacherFacts:
        """What the service takes."""
        return TeacherFacts(**self.cleaned_data)


class CourseForm(forms.Form):
    """What is taught."""

    title = forms.CharField(label="课程名称", max_length=200)
    field = forms.ChoiceField(label="方向", choices=TrainingField.choices)
    audience = forms.ChoiceField(label="培训对象", choices=TrainingAudience.choices)
    hours = forms.DecimalField(label="学时", max_digits=5, decimal_places=1, help_text="1 学时为 45 分钟。")
    pass_mark = forms.IntegerField(
        label="合格分数", required=False, help_text="百分制；留空按平台默认分数。没有考题的课程不考试，只看学时。"
    )
    summary = forms.CharField(label="课程内容", widget=forms.Textarea(attrs={"rows": 5}), max_length=4000)

    @classmethod
    def initial_of(cls, course: Course) -> dict[str, Any]:
        """What the form shows of a course that stands."""
        return {name: getattr(course, name) for name in CourseFacts.__slots__}

    def facts(self) -> CourseFacts:
        """What the service takes."""
        return CourseFacts(**self.cleaned_data)


class QuestionForm(forms.Form):
    """One question; its options one to a line, the right ones marked."""

    kind = forms.ChoiceField(label="题型", choices=QuestionKind.choices)
    text = forms.CharField(label="题干", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    options = forms.CharField(
        label="选项",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一个；正确的在行首写 *。判断题不用填选项，在下面选择。",
    )
    verdict = forms.ChoiceField(
        label="判断题答案", required=False, choices=[("", "不是判断题"), ("0", "正确"), ("1", "错误")]
    )
    marks = forms.IntegerField(label="分值", initial=10, min_value=1, max_value=100)

    def facts(self) -> QuestionFacts:
        """What the service takes."""
        given = self.cleaned_data
        lines = [line.strip() for line in given["options"].splitlines() if line.strip()]
        right = [place for place, line in enumerate(lines) if line.startswith("*")]
        if given["kind"] == QuestionKind.JUDGE:
            right = [int(given["verdict"])] if given["verdict"] else []
        options = [line.removeprefix("*").strip() for line in lines]
        return QuestionFacts(given["kind"], given["text"], options, right, given["marks"])


class SessionForm(forms.Form):
    """When and where a course is taught."""

    teacher = forms.ModelChoiceField(label="授课教师", queryset=Teacher.objects.none(), empty_label="请选择")
    starts_at = MomentField(label="开始时间")
    ends_at = MomentField(label="结束时间")
    place = forms.CharField(label="地点", max_length=200)
    capacity = forms.IntegerField(label="名额", min_value=1, max_value=2000)

    def __init__(self, *args: Any, base: TrainingBase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teachers = Teacher.objects.filter(base=base, is_active=True)
        self.fields["teacher"].queryset = teachers  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, session: TrainingSession) -> dict[str, Any]:
        """What the form shows of a session that stands."""
        return {name: getattr(session, name) for name in ("teacher", "starts_at", "ends_at", "place", "capacity")}

    def facts(self) -> SessionFacts:
        """What the service takes."""
        given = dict(self.cleaned_data)
        return SessionFacts(teacher_id=given.pop("teacher").pk, **given)


class PeopleForm(forms.Form):
    """Who comes: a line for each."""

    people = forms.CharField(
        label="参训人员",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="每行一人：姓名、手机、职务（可不填），用空格或逗号隔开，例如：王芳 13800001234 总工程师。",
    )

    def clean_people(self) -> list[Participant]:
        """Read the lines; what cannot be read is told by its number."""
        found, faults = [], []
        lines = [line for line in self.cleaned_data["people"].splitlines() if line.strip()]
        for number, line in enumerate(lines, 1):
            parts = _SEPARATORS.split(line.strip(), maxsplit=MOST_PARTS - 1)
            if len(parts) < 2:  # noqa: PLR2004 (a name and a number)
                faults.append(f"第 {number} 行“{line.strip()[:30]}”应有姓名和手机。")
                continue
            found.append(Participant(parts[0], parts[1], parts[2] if len(parts) == MOST_PARTS else ""))
        if faults:
            raise forms.ValidationError(faults)
        return found


class ReasonForm(forms.Form):
    """Why something is called off."""

    reason = forms.CharField(label="原因", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class NumberForm(forms.Form):
    """A certificate's number."""

    number = forms.CharField(label="证书编号", max_length=20, help_text="例如 PX2026-000001，在证书右上角。")

    def clean_number(self) -> str:
        """As it is kept: without blanks, in capitals."""
        return "".join(str(self.cleaned_data["number"]).split()).upper()


class AttendanceForm(forms.Form):
    """The hours of each participant: a field for each, named by its key."""

    def __init__(self, *args: Any, session: TrainingSession, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for person in people:
            self.fields[f"hours-{person.pk}"] = forms.DecimalField(
                label=person.person_name,
                min_value=0,
                max_value=session.course.hours,
                decimal_places=1,
                max_digits=5,
                initial=session.course.hours if person.attended_hours is None else person.attended_hours,
            )

    def hours(self) -> dict[int, Decimal]:
        """What the service takes."""
        return {int(name.removeprefix("hours-")): value for name, value in self.cleaned_data.items()}
