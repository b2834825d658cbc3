"""Where to read what is promised."""

from django.urls import path

from commitments import views

app_name = "commitments"

urlpatterns = [
    path("declaration/", views.declaration, name="declaration"),
]
