"""Ranvier works up peripheral neuropathy.

It puts examination, conduction studies, needle EMG, imaging, laboratory values
and biopsy on one map of the peripheral nerves, infers cause and site with
probabilities and reasons, and says what MRI can and cannot show in the patient
at hand. It is a research and teaching tool, not a medical device.
"""

__version__ = "0.1.0"
