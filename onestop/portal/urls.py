"""Addresses that everybody may open without a login."""

from django.urls import path

from onestop.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("tra-cuu/", views.lookup, name="lookup"),
    path("tra-cuu/vi-sao/", views.why, name="why"),
]
