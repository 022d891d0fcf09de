"""Addresses of training."""

from django.urls import path

from events.views.training import keeping, learning, public

urlpatterns = [
    path("", public.overview, name="training"),
    path("bases/<str:ref>/", public.base, name="training_base"),
    path("courses/<str:ref>/", public.course, name="course"),
    path("certificates/", public.certificates, name="certificates"),
    path("certificates/<str:number>/", public.certificate, name="certificate"),
    path("certificates/<str:number>/print/", learning.print_certificate, name="print_certificate"),
    path("mine/", learning.mine, name="my_training"),
    path("sessions/<str:ref>/enrol/", learning.enrol, name="enrol"),
    path("enrolments/<int:enrolment_id>/withdraw/", learning.withdraw, name="withdraw_enrolment"),
    path("tests/<str:code>/", learning.test, name="test"),
    path("hours/", keeping.hours, name="training_hours"),
    path("keep/", keeping.bases, name="keep"),
    path("keep/bases/<str:ref>/", keeping.base, name="keep_base"),
    path("keep/bases/<str:ref>/teachers/new/", keeping.teacher, name="new_teacher"),
    path("keep/bases/<str:ref>/teachers/<int:teacher_id>/", keeping.teacher, name="teacher"),
    path("keep/bases/<str:ref>/courses/new/", keeping.new_course, name="new_course"),
    path("keep/courses/<str:ref>/", keeping.course, name="keep_course"),
    path("keep/courses/<str:ref>/edit/", keeping.edit_course, name="edit_course"),
    path("keep/courses/<str:ref>/open/", keeping.open_course, name="open_course"),
    path("keep/courses/<str:ref>/close/", keeping.close_course, name="close_course"),
    path("keep/courses/<str:ref>/questions/<int:question_id>/remove/", keeping.remove_question, name="remove_question"),
    path("keep/courses/<str:ref>/sessions/new/", keeping.new_session, name="new_session"),
    path("keep/sessions/<str:ref>/edit/", keeping.edit_session, name="edit_session"),
    path("keep/sessions/<str:ref>/cancel/", keeping.cancel_session, name="cancel_session"),
    path("keep/sessions/<str:ref>/attendance/", keeping.attendance, name="attendance"),
]
