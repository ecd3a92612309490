"""The table of contents of the reminders' pages."""

from django.urls import path

from reminders import status, views

app_name = "reminders"
urlpatterns = [
    path("reminders/", views.subscribe, name="subscribe"),
    path("reminders/asked/", views.asked, name="asked"),
    path("reminders/link/", views.lost_link, name="lost-link"),
    path("reminders/link/sent/", views.link_sent, name="link-sent"),
    path("reminders/confirm/<str:token>/", views.confirm, name="confirm"),
    path("reminders/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("reminders/manage/<str:token>/", views.manage, name="manage"),
    path("reminders/manage/<str:token>/<int:number>/", views.edit, name="edit"),
    path("reminders/manage/<str:token>/export.json", views.export, name="export"),
    path("reminders/calendar/<str:token>.ics", views.calendar, name="calendar"),
    path("reminders/feed/<str:token>.atom", views.feed, name="feed"),
    path("status/", status.status, name="status"),
]
