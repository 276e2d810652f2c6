"""The report: one self-contained page, JSON and CSV. It shows an assessment and computes nothing."""

from ranvier.report.agreement_picture import AgreementBar, agreement_picture
from ranvier.report.page import render_page, render_patient_page
from ranvier.report.visibility_picture import matrix_picture
from ranvier.report.writing import write_report

__all__ = ["AgreementBar", "agreement_picture", "matrix_picture", "render_page", "render_patient_page", "write_report"]
