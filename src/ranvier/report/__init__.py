"""The report: one self-contained page, JSON and CSV. It shows an assessment and computes nothing."""

from ranvier.report.page import render_page, render_patient_page
from ranvier.report.writing import write_report

__all__ = ["render_page", "render_patient_page", "write_report"]
