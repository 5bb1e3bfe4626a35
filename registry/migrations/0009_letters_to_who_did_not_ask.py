from django.db import migrations


def say_less(apps, schema_editor):
    """The copy for who writes an initiative is sent no more, and the letter with the code names nothing that
    somebody typed. What staff made of that one stays; the name is not filled in there any more either."""
    EmailTemplate = apps.get_model("post_office", "EmailTemplate")
    EmailTemplate.objects.filter(name="bericht-verstuurd").delete()
    template = EmailTemplate.objects.filter(name="aanmelding-bevestigen", language="").first()
    if template is None:
        return
    if template.subject == "Bevestig uw aanmelding van {{ initiatief }}":
        template.subject = "Bevestig uw aanmelding bij Samen Buurten"
    template.content = template.content.replace(
        "U hebt {{ initiatief }} aangemeld bij Samen Buurten.", "U hebt een initiatief aangemeld bij Samen Buurten."
    )
    template.save()


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0008_letters_with_blanks"),
        ("post_office", "0011_models_help_text"),
    ]

    operations = [migrations.RunPython(say_less, migrations.RunPython.noop)]
