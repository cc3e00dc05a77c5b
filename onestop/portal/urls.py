"""Addresses that everybody may open without a login."""

from django.urls import path

from onestop.portal import booking, hall, phone, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("tra-cuu/", views.lookup, name="lookup"),
    path("tra-cuu/vi-sao/", views.why, name="why"),
    path("tra-cuu/khoa.json", views.keys, name="keys"),
    path("gui-anh/<str:token>/", phone.phone, name="phone"),
    # The waiting hall
    path("sanh/thiet-bi/<str:secret>/", hall.device, name="hall_device"),
    path("dat-lich/", booking.desks, name="booking_desks"),
    path("dat-lich/<int:pk>/", booking.booking, name="booking"),
    path("sanh/ki-ot/", hall.kiosk, name="hall_kiosk"),
    path("sanh/bang-so/", hall.display, name="hall_display"),
    path("sanh/bang-so/so/", hall.display_now, name="hall_display_now"),
    path("sanh/phieu/<str:key>/", hall.ticket, name="hall_ticket"),
]
