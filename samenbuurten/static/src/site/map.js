import L from "leaflet";
import "leaflet/dist/leaflet.css";

// The slippy map: only on a site that names a tile server. The SVG map stays for who has no script.
for (const element of document.querySelectorAll("[data-tegels]")) {
  const { tegels, attributie, punt } = element.dataset;
  const [longitude, latitude] = punt.split(" ").map(Number);
  const place = L.latLng(latitude, longitude);
  element.hidden = false;
  element.classList.add("tegelkaart");
  const map = L.map(element, { scrollWheelZoom: false }).setView(place, 15);
  L.tileLayer(tegels, { attribution: attributie, minZoom: 6 }).addTo(map);
  L.circleMarker(place, { color: "#12607f", fillColor: "#ffca3a", fillOpacity: 1, radius: 9 }).addTo(map);
}
