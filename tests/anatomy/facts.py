"""Facts of anatomy that every neurologist knows, each as a share of a target's fibres at a place.

Written from general knowledge of anatomy, not from the tables of the package.
"""

from dataclasses import dataclass

from ranvier.anatomy import Fibre, NerveGraph

ALL, NONE = (1.0, 1.0), (0.0, 0.0)
SOME = (0.05, 0.95)
MOST = (0.5, 1.0)
FEW = (0.0, 0.4)


@dataclass(frozen=True, slots=True)
class Passes:
    """Which share of the fibres of a target passes a place."""

    kind: str
    target: str
    place: str
    share: tuple[float, float]
    says: str


def holds(graph: NerveGraph, fact: Passes) -> bool:
    """Tell whether the graph agrees with a fact."""
    low, high = fact.share
    return low - 1e-9 <= share_at(graph, fact.kind, fact.target, fact.place) <= high + 1e-9


def share_at(graph: NerveGraph, kind: str, target: str, place: str) -> float:
    """Return the share of a target's fibres that passes a place."""
    fibre = {"muscle": Fibre.MOTOR, "area": Fibre.SENSORY, "organ": Fibre.AUTONOMIC}[kind]
    segments = set(graph.segments_at(place))
    return sum(p.weight for p in graph.paths(kind, target, fibre) if segments & set(p.segments))


def _rows(kind: str, text: str) -> tuple[Passes, ...]:
    shares = {"all": ALL, "none": NONE, "some": SOME, "most": MOST, "few": FEW}
    rows = (line.split("|") for line in text.strip().splitlines())
    return tuple(Passes(kind, t.strip(), p.strip(), shares[s.strip()], says.strip()) for t, p, s, says in rows)


MUSCLE_FACTS = _rows(
    "muscle",
    """
opponens_pollicis | nerve:median | all | opponens pollicis is a median muscle
abductor_pollicis_brevis | nerve:recurrent_motor_median | all | the thenar branch serves abductor pollicis brevis
abductor_pollicis_brevis | tunnel:carpal_tunnel | all | the thenar branch leaves after the carpal tunnel
adductor_pollicis | nerve:ulnar | all | adductor pollicis is ulnar (Froment)
adductor_pollicis | nerve:median | none | adductor pollicis is not median
first_dorsal_interosseous | tunnel:guyon_canal | all | the deep branch passes Guyon's canal
first_dorsal_interosseous | tunnel:deep_palmar_branch | all | the first interosseous lies beyond the hook of hamate
abductor_digiti_minimi | tunnel:deep_palmar_branch | none | its branch leaves before the hook of hamate
flexor_carpi_ulnaris | tunnel:guyon_canal | none | the flexor lies above Guyon's canal
flexor_carpi_ulnaris | tunnel:arcade_of_struthers | all | the ulnar nerve gives no branch in the arm
flexor_carpi_ulnaris | tunnel:flexor_carpi_ulnaris_exit | none | its branch leaves before the muscle's own exit
flexor_digitorum_profundus_4_5 | nerve:ulnar | all | deep flexor of ring and little finger
flexor_digitorum_profundus_2_3 | nerve:anterior_interosseous | all | deep flexor of the index finger
flexor_pollicis_longus | nerve:anterior_interosseous | all | OK sign
flexor_pollicis_longus | tunnel:carpal_tunnel | none | carpal tunnel syndrome spares flexor pollicis longus
pronator_teres | nerve:anterior_interosseous | none | pronator teres comes from the median trunk
pronator_teres | tunnel:ligament_of_struthers | all | Struthers' ligament weakens pronator teres too
pronator_teres | node:lateral_cord | all | proximal median muscles by the lateral cord
pronator_teres | tunnel:pronator_syndrome | none | its branch leaves before the pronator tunnel
abductor_pollicis_brevis | node:medial_cord | all | thenar muscles by the medial cord
triceps_brachii | tunnel:spiral_groove | none | triceps branches leave before the spiral groove
triceps_long_head | tunnel:axilla_crutch | all | crutch palsy weakens triceps
anconeus | tunnel:spiral_groove | none | anconeus shares the branch to the medial head
brachioradialis | tunnel:spiral_groove | all | brachioradialis lies beyond the spiral groove
brachioradialis | nerve:posterior_interosseous | none | brachioradialis is served above the division
extensor_carpi_radialis_longus | nerve:posterior_interosseous | none | posterior interosseous palsy: radial deviation
extensor_digitorum | tunnel:arcade_of_frohse | all | finger drop
supinator | tunnel:arcade_of_frohse | none | supinator branches leave before the arcade
extensor_indicis | node:medial_cord | none | a medial cord lesion spares extensor indicis
extensor_indicis | node:lower_trunk | most | a lower trunk lesion weakens extensor indicis
biceps_brachii | nerve:musculocutaneous | all | biceps
biceps_brachii | node:upper_trunk | all | Erb palsy weakens biceps
brachialis | nerve:radial | some | the lateral part of brachialis is radial
coracobrachialis | tunnel:coracobrachialis | none | its branch leaves before the perforation
deltoid | tunnel:quadrilateral_space | all | deltoid beyond the quadrilateral space
deltoid | node:posterior_cord | all | axillary nerve from the posterior cord
latissimus_dorsi | node:posterior_cord | all | thoracodorsal from the posterior cord
supraspinatus | tunnel:suprascapular_notch | all | supraspinatus beyond the notch
supraspinatus | tunnel:spinoglenoid_notch | none | a spinoglenoid cyst spares supraspinatus
infraspinatus | tunnel:spinoglenoid_notch | all | a spinoglenoid cyst weakens infraspinatus
infraspinatus | node:upper_trunk | all | suprascapular nerve from the upper trunk
infraspinatus | node:lateral_cord | none | suprascapular nerve leaves before the cords
serratus_anterior | node:upper_trunk | none | long thoracic nerve from the roots
rhomboid_major | node:upper_trunk | none | dorsal scapular nerve from C5 before the trunk
rhomboid_major | spinal_nerve:C5 | most | rhomboids are C5
diaphragm | node:upper_trunk | none | phrenic nerve from the roots
diaphragm | spinal_nerve:C4 | most | C4 is the main root of the diaphragm
paraspinals_c6 | spinal_nerve:C6 | all | dorsal rami leave the spinal nerve
paraspinals_c6 | node:upper_trunk | none | a plexus lesion spares the paraspinals
pectoralis_major_clavicular | node:lateral_cord | all | lateral pectoral nerve
trapezius | tunnel:posterior_triangle_of_neck | most | node biopsy weakens trapezius
sternocleidomastoid | tunnel:posterior_triangle_of_neck | none | node biopsy spares sternocleidomastoid
tibialis_anterior | nerve:deep_fibular | all | deep fibular nerve lifts the foot
tibialis_anterior | tunnel:fibular_head | all | foot drop at the fibular head
tibialis_anterior | tunnel:anterior_tarsal_tunnel | none | the anterior tarsal tunnel spares the leg
extensor_digitorum_brevis | tunnel:anterior_tarsal_tunnel | all | extensor digitorum brevis lies beyond it
fibularis_longus | nerve:superficial_fibular | all | eversion
fibularis_longus | tunnel:lateral_leg_fascial_exit | none | the fascial exit is sensory
biceps_femoris_short_head | nerve:sciatic_common_fibular_division | all | the only thigh muscle of the fibular division
biceps_femoris_short_head | tunnel:fibular_head | none | spared by a lesion at the fibular head
biceps_femoris_long_head | nerve:sciatic_tibial_division | all | hamstrings by the tibial division
semitendinosus | nerve:sciatic_common_fibular_division | none | not by the fibular division
tibialis_posterior | nerve:tibial | all | inversion is tibial
tibialis_posterior | tunnel:fibular_head | none | inversion is spared at the fibular head
tibialis_posterior | tunnel:soleal_arch | all | tibialis posterior beyond the soleal arch
gastrocnemius_medial | tunnel:soleal_arch | none | gastrocnemius is spared at the soleal arch
abductor_hallucis | tunnel:tarsal_tunnel | all | abductor hallucis beyond the tarsal tunnel
abductor_digiti_minimi_foot | nerve:inferior_calcaneal | all | Baxter's nerve
gluteus_medius | nerve:superior_gluteal | all | superior gluteal nerve
gluteus_medius | nerve:sciatic | none | the gluteal nerves leave before the sciatic
gluteus_medius | node:lumbosacral_trunk | most | gluteus medius is mainly L5
gluteus_maximus | nerve:inferior_gluteal | all | inferior gluteal nerve
vastus_medialis | tunnel:femoral_at_inguinal_ligament | all | quadriceps beyond the ligament
iliacus | tunnel:femoral_at_inguinal_ligament | none | hip flexion spared at the ligament
adductor_longus | nerve:obturator | all | adductors are obturator
adductor_longus | nerve:femoral | none | adductors tell L3 from the femoral nerve
adductor_magnus_hamstring_part | nerve:sciatic_tibial_division | all | the hamstring part of adductor magnus
external_anal_sphincter | nerve:pudendal | all | anal sphincter
orbicularis_oculi | tunnel:facial_canal | all | Bell palsy leaves the eye open
stapedius | tunnel:stylomastoid_foramen_parotid | none | hyperacusis tells the level
masseter | nerve:trigeminal_v3 | all | chewing is V3
thyroarytenoid | tunnel:left_aortic_arch_thyroid_bed | all | hoarse after thyroid surgery
cricothyroid | tunnel:left_aortic_arch_thyroid_bed | none | cricothyroid is spared
lateral_rectus | nerve:abducens | all | VI
superior_oblique | nerve:trochlear | all | IV
""",
)

AREA_FACTS = _rows(
    "area",
    """
thenar_palm | tunnel:carpal_tunnel | none | the palmar cutaneous branch leaves before the tunnel
index_palmar | tunnel:carpal_tunnel | all | median digits pass the carpal tunnel
index_palmar | node:lateral_cord | all | median sensation by the lateral cord
thumb_palmar | node:upper_trunk | most | the thumb is C6 by the upper trunk
middle_palmar | node:middle_trunk | most | the middle finger is C7
little_palmar | node:lower_trunk | all | the little finger is C8
little_palmar | tunnel:guyon_canal | all | the superficial branch passes Guyon's canal
dorsum_hand_ulnar | tunnel:guyon_canal | none | the dorsal branch leaves before Guyon's canal
dorsum_hand_ulnar | tunnel:cubital_tunnel | all | the dorsal branch leaves below the elbow
ring_palmar_ulnar | nerve:ulnar | all | ring finger splitting, ulnar half
ring_palmar_radial | nerve:median | all | ring finger splitting, radial half
first_web_space_hand | nerve:superficial_radial | all | the first web space is radial
first_web_space_hand | nerve:posterior_interosseous | none | the posterior interosseous nerve has no skin
posterior_forearm | tunnel:spiral_groove | none | the posterior forearm is spared in the groove
medial_forearm | node:medial_cord | all | medial antebrachial cutaneous from the medial cord
medial_forearm | nerve:ulnar | none | the medial forearm is not ulnar
lateral_forearm | nerve:musculocutaneous | all | lateral antebrachial cutaneous continues it
lateral_forearm | node:upper_trunk | all | lateral antebrachial cutaneous tests the upper trunk
regimental_badge | nerve:axillary | all | regimental badge
axilla_skin | node:lower_trunk | none | the intercostobrachial nerve is T2
medial_leg | nerve:femoral | all | the saphenous nerve is femoral
medial_leg | nerve:sciatic | none | the medial leg is not sciatic
lateral_thigh | nerve:lateral_femoral_cutaneous | all | meralgia
lateral_thigh | nerve:femoral | none | the lateral thigh is not femoral
first_web_space_foot | nerve:deep_fibular | all | the first web space is deep fibular
first_web_space_foot | nerve:superficial_fibular | none | and not superficial fibular
dorsum_foot_medial | nerve:superficial_fibular | all | dorsum of the foot
dorsum_foot_medial | tunnel:lateral_leg_fascial_exit | all | beyond the fascial exit
lateral_foot | nerve:sural | all | lateral foot
lateral_foot | nerve:tibial | most | the sural nerve is mainly tibial
lateral_foot | nerve:common_fibular | few | with a fibular contribution
lateral_foot | nerve:lateral_sural_cutaneous | some | by the communicating branch
heel | tunnel:tarsal_tunnel | none | the heel may be spared in the tarsal tunnel
medial_sole | tunnel:tarsal_tunnel | all | sole
great_toe_plantar | nerve:medial_plantar | all | great toe
posterior_thigh | nerve:sciatic | none | the posterior cutaneous nerve leaves before the sciatic
perianal_outer | nerve:pudendal | all | saddle
front_t10 | dorsal_root:T10 | all | the umbilicus is T10
chin | tunnel:mental_foramen | all | numb chin
forehead | nerve:trigeminal_v1 | all | V1
angle_of_jaw | nerve:trigeminal | none | the angle of the jaw is not trigeminal
occiput | spinal_nerve:C2 | all | C2
""",
)

ORGAN_FACTS = _rows(
    "organ",
    """
pupil_sympathetic | ventral_root:T1 | most | Horner syndrome tells a T1 root
pupil_sympathetic | node:lower_trunk | none | the fibres of the pupil do not enter the plexus
sweat_hand | ventral_root:C8 | none | sweating survives a root avulsion
sweat_hand | tunnel:carpal_tunnel | most | sympathetic fibres reach the hand with the median nerve
heart_vagal | nerve:vagus | all | vagal control of the heart
erection | nerve:pudendal | none | erection is by the pelvic splanchnic nerves
bladder | ventral_root:S3 | some | S2-S4 keep the urine off the floor
lacrimal_gland | tunnel:facial_canal | all | a dry eye tells a lesion at or above the geniculate ganglion
""",
)

FACTS = (*MUSCLE_FACTS, *AREA_FACTS, *ORGAN_FACTS)

# Main root(s) of key muscles, as in every table of key muscles.
MAIN_ROOTS = {
    "deltoid": {"C5"},
    "infraspinatus": {"C5"},
    "rhomboid_major": {"C5"},
    "biceps_brachii": {"C5", "C6"},
    "brachioradialis": {"C6"},
    "extensor_carpi_radialis_longus": {"C6"},
    "pronator_teres": {"C6"},
    "triceps_brachii": {"C7"},
    "extensor_digitorum": {"C7"},
    "flexor_pollicis_longus": {"C8", "T1"},
    "extensor_indicis": {"C8"},
    "abductor_pollicis_brevis": {"T1"},
    "first_dorsal_interosseous": {"C8", "T1"},
    "diaphragm": {"C4"},
    "iliopsoas": {"L2", "L3"},
    "adductor_longus": {"L3"},
    "vastus_medialis": {"L3", "L4"},
    "tibialis_anterior": {"L4", "L5"},
    "extensor_hallucis_longus": {"L5"},
    "tibialis_posterior": {"L5"},
    "gluteus_medius": {"L5"},
    "fibularis_longus": {"L5"},
    "gluteus_maximus": {"S1"},
    "gastrocnemius_medial": {"S1"},
    "soleus": {"S1"},
    "biceps_femoris_short_head": {"S1"},
    "external_anal_sphincter": {"S2", "S3", "S4"},
}

MAIN_AREA_ROOTS = {
    "regimental_badge": "C5",
    "thumb_palmar": "C6",
    "middle_palmar": "C7",
    "little_palmar": "C8",
    "medial_forearm": "T1",
    "axilla_skin": "T2",
    "front_t4": "T4",
    "front_t10": "T10",
    "groin": "L1",
    "anterior_thigh_upper": "L2",
    "medial_knee": "L3",
    "medial_leg": "L4",
    "first_web_space_foot": "L5",
    "great_toe_dorsal": "L5",
    "little_toe": "S1",
    "lateral_foot": "S1",
    "posterior_thigh": "S2",
    "perianal_inner": "S5",
    "occiput": "C2",
    "shoulder_cape": "C4",
}
