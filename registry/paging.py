"""Pages of a long list."""

from django.core.paginator import Paginator


class KeyPaginator(Paginator):
    """Finds the keys of a page first, which an index can give, and then reads those rows only."""

    def _get_page(self, object_list, *args, **kwargs):
        keys = list(object_list.prefetch_related(None).values_list("pk", flat=True))
        rows = {row.pk: row for row in self.object_list.order_by().filter(pk__in=keys)}
        return super()._get_page([rows[key] for key in keys if key in rows], *args, **kwargs)
