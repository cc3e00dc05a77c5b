"""Every address of the program."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path

from onestop.desk.views import entering

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("onestop.portal.urls")),
    path("login/", entering.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", entering.switch_language, name="set_language"),
    path("theme/", entering.switch_theme, name="set_theme"),
    path("desk/", include("onestop.desk.urls")),
]

handler403 = "onestop.desk.views.errors.forbidden"
handler404 = "onestop.desk.views.errors.not_found"
