"""What transforms write into a template before its values are worked out.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-section-structure.html
"""

from __future__ import annotations

from kmslint.cloudformation.template import SERVERLESS, Template


def transformed(template: Template) -> Template:
    """The template as its transforms leave it."""
    if not any(resource.type.startswith(SERVERLESS) for resource in template.resources):
        return template
    from kmslint.cloudformation.serverless import with_made_roles  # only for SAM

    return with_made_roles(template)
