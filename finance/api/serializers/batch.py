"""Many reports in one request."""

from rest_framework import serializers

from portal.api.fields import StrictSerializer

MAX_ITEMS = 100
OPERATIONS = (("answer", "答复项目"), ("entry", "报送贷款台账"))


class BatchItemSerializer(StrictSerializer):
    operation = serializers.ChoiceField(choices=OPERATIONS, help_text="answer 或 entry。")
    project_ref = serializers.CharField(max_length=20, help_text="项目编号。")
    body = serializers.DictField(help_text="与相应的单项接口相同的请求内容。")


class BatchSerializer(StrictSerializer):
    items = serializers.ListField(
        child=BatchItemSerializer(),
        min_length=1,
        max_length=MAX_ITEMS,
        help_text="1 至 100 项，按顺序逐项处理，互不影响。",
    )


class BatchResultSerializer(serializers.Serializer):
    index = serializers.IntegerField(help_text="请求中的序号，从 0 起。")
    status = serializers.IntegerField(help_text="该项的 HTTP 状态码。")
    body = serializers.DictField(help_text="该项的应答；失败时为 problem details。")


class BatchResultsSerializer(serializers.Serializer):
    results = BatchResultSerializer(many=True, help_text="每项的结果，顺序与请求相同。")
