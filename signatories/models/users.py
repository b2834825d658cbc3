"""People who sign in."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now


class UserManager(BaseUserManager["User"]):
    """Makes people; an address is kept in small letters."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new person; without a password they sign in by e-mailed code."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new administrator, for `manage.py createsuperuser`."""
        return self.create_user(email, password, office=User.Office.ADMINISTRATOR, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by e-mail address, whatever its case."""
        # In small letters: in capitals, “ı” and “i” would be one letter and two people one.
        return self.alias(small=Lower("email")).get(small=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person; what they may do follows from their office and their memberships."""

    class Office(models.TextChoices):
        """A person's place at the Essex Centre for Data Analytics."""

        NONE = "", "None"
        STAFF = "staff", "Staff"
        ADMINISTRATOR = "administrator", "Administrator"

    email = models.EmailField("e-mail address")
    name = models.CharField(max_length=200)
    office = models.CharField(max_length=20, choices=Office, default=Office.NONE, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now(), editable=False)
    # What is essential comes in any case.
    gets_reminders = models.BooleanField(default=True, db_default=True)
    gets_news = models.BooleanField(default=True, db_default=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        """An address belongs to one person, however it is typed."""

        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message="A person with this e-mail address already exists.",
            ),
            models.CheckConstraint(
                condition=models.Q(office__in=["", "staff", "administrator"]),
                name="user_office_known",
                violation_error_message="An office is none, staff or administrator.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_administrator(self) -> bool:
        """Whether the person runs the portal."""
        return self.is_active and self.office == self.Office.ADMINISTRATOR

    @property
    def is_ecda(self) -> bool:
        """Whether the person works for ecda, as staff or administrator."""
        return self.is_active and bool(self.office)

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets the person in: administrators only."""
        return self.is_administrator

    @property
    def is_superuser(self) -> bool:
        """Whether the person may do all that Django's admin offers: administrators only."""
        return self.is_administrator

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether Django's admin allows it: all to administrators, nothing to others."""
        return self.is_administrator

    def has_module_perms(self, app_label: str) -> bool:
        """Whether Django's admin shows the app: all to administrators."""
        return self.is_administrator
