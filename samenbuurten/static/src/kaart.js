import L from "leaflet";
import "leaflet/dist/leaflet.css";

// The slippy map: only on a site that names a tile server. The SVG map stays for who has no script.
for (const element of document.querySelectorAll("[data-tegels]")) {
  const { tegels, attributie, punt, afgeschermd } = element.dataset;
  const [longitude, latitude] = punt.split(" ").map(Number);
  const place = L.latLng(latitude, longitude);
  element.hidden = false;
  element.classList.add("tegelkaart");
  const map = L.map(element, { scrollWheelZoom: false }).setView(place, afgeschermd ? 13 : 15);
  L.tileLayer(tegels, { attribution: attributie, minZoom: 6 }).addTo(map);
  const look = { color: "#12607f", fillColor: "#ffca3a", fillOpacity: afgeschermd ? 0.35 : 1 };
  (afgeschermd ? L.circle(place, { ...look, radius: 700 }) : L.circleMarker(place, { ...look, radius: 9 })).addTo(map);
}
