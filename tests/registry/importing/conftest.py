import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registry.models import Role
from tests import factories


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def editor(client):
    user = factories.person(role=Role.EDITOR)
    client.force_login(user)
    return user


class Desk:
    """Somebody at the pages of an import; ``context`` is of the last page."""

    def __init__(self, client):
        self.client, self.context = client, {}

    def send(self, content, model="initiative", name="b.csv"):
        self.page = reverse(f"admin:registry_{model}_import")
        self._keep(self.client.post(self.page, {"file": self.upload(content, name)}))
        return self.context.get("outcome")

    def upload(self, content, name="b.csv"):
        return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)

    def step(self, **chosen):
        about = {name: self.context[name] for name in ("bestand", "blad") if name in self.context}
        return self._keep(
            self.client.post(self.page, about | {k.replace("_", "-"): v for k, v in chosen.items()})
        )

    def again(self, step):
        """Press a button beside the preview."""
        return self.step(**dict(self.context["chosen"]), stap=step)

    def again_raw(self, step):
        """As ``again``, of what is no page."""
        about = {name: self.context[name] for name in ("bestand", "blad")}
        return self.client.post(self.page, about | dict(self.context["chosen"]) | {"stap": step})

    def confirm(self):
        """Say yes; the sentences that stand on the page after it."""
        response = self.client.post(self.page, {"ticket": self.context["ticket"]}, follow=True)
        self._keep(response)
        return [str(message) for message in response.context["messages"]]

    def _keep(self, response):
        assert response.status_code == 200
        self.response = response
        given = response.context
        names = given.keys() if given else ()
        self.context = {name: given[name] for name in names}
        return response


@pytest.fixture
def desk(client, editor):
    return Desk(client)
