import type { Attribute } from '../../ir/model';
import { AttributeProto_AttributeType as Kind } from '../../onnx/schema/onnx_pb';
import type { OnnxSource } from '../../onnx/source';
import { identifier, quoted } from './identifier';
import { float32Text } from './numberText';
import { isWrittenOut, tensorDataText, tensorTypeText, type TensorTextOptions } from './tensorText';

/** Elements of a list that are shown; what is beyond them is counted in a comment. */
const MOST_SHOWN = 1000;

/** "strides: ints = [1, 1]", for attributes that hold no graph; null for those the text has no form for. */
export function attributeText(name: string, attribute: Attribute, options: TensorTextOptions): string | null {
  const type = typeName(attribute, options.source);
  const value = type === null ? null : valueText(attribute, options);
  return value === null ? null : `${identifier(name)}: ${type} = ${value}`;
}

function typeName(attribute: Attribute, source: OnnxSource | null): string | null {
  if (attribute.kind === 'other') return null;
  if (attribute.kind !== 'reference') return attribute.kind;
  const code = source?.records.attributes.get(attribute)?.type;
  return code === undefined ? null : (Kind[code]?.toLowerCase() ?? null);
}

function valueText(attribute: Attribute, options: TensorTextOptions): string | null {
  const proto = options.source?.records.attributes.get(attribute);
  switch (attribute.kind) {
    case 'int':
      // the file's own: a number here may have lost its last digits
      return String(proto?.i ?? attribute.value);
    case 'float':
      return float32Text(attribute.value);
    case 'string':
      return quoted(attribute.value);
    case 'ints':
      return list(proto?.ints ?? attribute.value, String);
    case 'floats':
      return list(attribute.value, float32Text);
    case 'strings':
      return list(attribute.value, quoted);
    case 'reference':
      return `@${identifier(attribute.value)}`;
    case 'tensor': {
      const { value: tensor } = attribute;
      const data = tensorDataText(tensor, options);
      return `${tensorTypeText(tensor, options)} ${isWrittenOut(data) ? '' : 'weights '}${data}`;
    }
    default:
      return null;
  }
}

function list<T>(values: readonly T[], text: (value: T) => string): string {
  const shown = values.slice(0, MOST_SHOWN).map(text).join(', ');
  const more = values.length - MOST_SHOWN;
  return more > 0 ? `[${shown} # ${more} more\n   ]` : `[${shown}]`;
}
