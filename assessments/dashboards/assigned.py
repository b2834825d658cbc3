"""Who has been asked to answer which indicator of an assessment."""

from collections.abc import Mapping

from assessments.dashboards.desks import Assigned
from assessments.models import Assessment, Assignment


def read_assigned(assessment: Assessment) -> Mapping[int, Assigned]:
    """Who has been asked for each answer, by the answer's id; those without are not in it.

    One query, however many there are.
    """
    found = Assignment.objects.filter(answer__assessment=assessment).select_related("person")
    return {one.answer_id: Assigned(str(one.person), one.person_id, one.due_on) for one in found}
