"""A key for each form that is shown: `{% new_key as key %}`."""

from django import template

from declaration import keys

register = template.Library()
register.simple_tag(keys.new_key)
