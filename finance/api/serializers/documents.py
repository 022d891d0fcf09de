"""What banks read of a project's documents."""

from rest_framework import serializers

from finance.enums import PaperKind
from portal.attachments.models import Attachment


class DocumentSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(help_text="材料编号。")
    purpose = serializers.ChoiceField(choices=PaperKind.choices, help_text="材料种类。")
    file_name = serializers.CharField(help_text="文件名。")
    content_type = serializers.CharField(help_text="文件类型。")
    sha256 = serializers.CharField(help_text="文件内容的 SHA-256，十六进制，供核对。")
    size_bytes = serializers.IntegerField(help_text="大小，字节。")
    created_at = serializers.DateTimeField(help_text="上传时间。")

    class Meta:
        model = Attachment
        fields = ("id", "purpose", "file_name", "content_type", "sha256", "size_bytes", "created_at")


class LinkSerializer(serializers.Serializer):
    url = serializers.URLField(help_text="下载地址，到期前可直接 GET，无须令牌。每次下载均有记录。")
    expires_at = serializers.DateTimeField(help_text="到期时间。")
