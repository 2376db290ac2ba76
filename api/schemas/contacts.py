"""Contact data in requests and responses."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, computed_field
from pydantic.config import JsonDict

from api.schemas.loose import Identifier, Line, LooseInput
from api.schemas.out import label_of
from matcher.casework.contacts import Contact, ContactOwner, Secrecy

OwnerValue = Annotated[Any, WithJsonSchema({"enum": [member.value for member in ContactOwner]})]
SecrecyValue = Annotated[Any, WithJsonSchema({"enum": [*(m.value for m in Secrecy), None]})]

_EXAMPLE: JsonDict = {
    "owner": "enterprise",
    "owner_id": "E1",
    "name": "示例联系人",
    "phone": "0577-00000000",
    "email": "someone@example.com",
    "position": "技术部长",
    "secrecy": "internal",
}
_READ_ONLY = frozenset({"id", "owner_label", "secrecy_label", "masked"})


class ContactFields(LooseInput):
    """What is said of a contact."""

    name: Line = Field(None, description="姓名，必填")
    phone: Line = Field(None, description="电话；与邮箱至少填一项")
    email: Line = Field(None, description="邮箱")
    position: Line = Field(None, description="职务")
    secrecy: SecrecyValue = Field(
        None, description="`public` 公开，`internal` 内部（不填时），`confidential` 保密"
    )


class ContactInput(ContactFields):
    """一个新的联系方式。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})
    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    owner: OwnerValue = Field(None, description="属于企业、需求还是对象，必填")
    owner_id: Identifier = Field(None, description="所属记录的编号，必填")


class ContactChange(ContactFields):
    """一个联系方式修改以后的全部内容；属于哪条记录不能改。"""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY | {"owner", "owner_id"}


class ContactOut(BaseModel):
    """一个联系方式；`masked` 为真时姓名、电话和邮箱隐去了一部分。"""

    model_config = ConfigDict(from_attributes=True)

    id: int
    owner: ContactOwner
    owner_id: str
    name: str
    phone: str
    email: str
    position: str
    secrecy: Secrecy
    masked: bool = Field(description="是否隐去了一部分；要看全部，用 reveal")

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """The response for a contact."""
        return cls.model_validate(contact)

    @computed_field
    def owner_label(self) -> str | None:
        """所属记录种类的中文名。"""
        return label_of(self.owner)

    @computed_field
    def secrecy_label(self) -> str | None:
        """公开范围的中文名。"""
        return label_of(self.secrecy)
