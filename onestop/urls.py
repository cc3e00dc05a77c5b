"""Every address of the program."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, include, path

from onestop.desk.views import frame

urlpatterns: list[URLPattern | URLResolver] = [
    path("", frame.home, name="home"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("desk/", include("onestop.desk.urls")),
]
