import pytest

from matcher.text.script import Script, script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("断路器触头温升过高", Script.HAN),
        ("采用 SUS304、LED 与 IEC 60947-2 的断路器", Script.HAN),
        ("Thermal barrier coating of turbine blades", Script.LATIN),
        ("Chinese Institute of Engineers 美洲中国工程师学会, coatings and corrosion", Script.HAN),
        (
            "Hydrocarbon potential of the Qiangtang Basin (羌塘), northern Tibet plateau",
            Script.LATIN,
        ),
        ("", Script.HAN),
        ("2026-11", Script.HAN),
    ],
)
def test_the_script_of_a_text(text: str, script: Script) -> None:
    assert script_of(text) is script
