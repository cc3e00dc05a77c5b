"""Addresses of the desk."""

from django.urls import path

from onestop.desk.views import frame

app_name = "desk"

urlpatterns = [
    path("rail/", frame.rail, name="rail"),
    path("styleguide/", frame.styleguide, name="styleguide"),
]
