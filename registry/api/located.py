"""What gives points says in which coordinates (GEO module of the NLGov REST API Design Rules): one system."""

from rest_framework.exceptions import NotAcceptable

from registry.exporting.negotiated import CRS84


class Located:
    """A view whose answers hold points. ``crs`` and Accept-Crs may name CRS84, and nothing else."""

    extra = ("crs",)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.headers.get("Accept-Crs", CRS84).strip("<> ") not in (CRS84, "*"):
            raise NotAcceptable

    def check(self, parameters, errors):
        for name in ("crs", "bbox-crs"):
            if parameters.get(name, CRS84) != CRS84:
                errors.setdefault(name, []).append(f"Wij kennen alleen {CRS84}.")

    def finalize_response(self, request, response, *args, **kwargs):
        response["Content-Crs"] = f"<{CRS84}>"
        return super().finalize_response(request, response, *args, **kwargs)
