"""Maps of tissue properties from several volumes of one slice: T2 and fat fraction."""

from ranvier.imaging.maps.epg import epg_decay, fit_t2_epg
from ranvier.imaging.maps.fat import fat_fraction
from ranvier.imaging.maps.t2 import T2Map, fit_t2

__all__ = ["T2Map", "epg_decay", "fat_fraction", "fit_t2", "fit_t2_epg"]
