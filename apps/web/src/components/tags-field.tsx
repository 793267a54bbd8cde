import { TagsInput } from '@mantine/core';

export function TagsField({ value, onChange }: { value: string[]; onChange: (tags: string[]) => void }) {
  return (
    <TagsInput
      label="Tags"
      value={value}
      onChange={onChange}
      maxTags={20}
      placeholder={value.length === 0 ? 'Enter adds one' : ''}
      splitChars={[',', ' ']}
    />
  );
}
